// The health of a database: it is well when it is the primary of its replica set, which majority reads and writes need.
// Asked for the first time it makes the set, of this one member.
const admin = db.getSiblingDB("admin");
admin.auth("root", require("fs").readFileSync("/run/secrets/root_password", "utf8").trim());
try {
  rs.status();
} catch (fault) {
  if (fault.codeName !== "NotYetInitialized") throw fault;
  rs.initiate({ _id: "rs0", members: [{ _id: 0, host: process.env.REPLICA_SET_HOST }] });
}
quit(db.hello().isWritablePrimary ? 0 : 1);
