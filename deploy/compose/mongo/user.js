// At the first start of a database: makes the user of its service, who may work with the service's own data.
const { MONGO_INITDB_DATABASE: database } = process.env;
db.getSiblingDB(database).createUser({
  user: "myevents",
  pwd: require("fs").readFileSync("/run/secrets/service_password", "utf8").trim(),
  roles: [{ role: "readWrite", db: database }],
});
