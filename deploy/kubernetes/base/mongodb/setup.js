// Makes the replica set and its users. It runs in every pod after each start, beside mongod, and leaves what is there as
// it is.
const fs = require("fs");
const os = require("os");

const [, service, ordinal] = /^(.*)-(\d+)$/.exec(os.hostname());
const host = (n) => `${service}-${n}.${service}:27017`;
const members = Array.from({ length: Number(process.env.MEMBERS) }, (_, n) => host(n));
const me = host(ordinal);
const secret = (name) => fs.readFileSync(`/run/secrets/db/${name}`, "utf8").trim();
const root = { user: "root", pwd: secret("root-password"), roles: ["root"] };
const application = {
  user: "myevents",
  pwd: secret("password"),
  roles: [{ role: "readWrite", db: process.env.DATABASE }],
};

const connect = (address, options = "directConnection=true") =>
  new Mongo(`mongodb://${address}/?serverSelectionTimeoutMS=2000&${options}`).getDB("admin");

// hello is what a member says of itself: null if it is not reached, without setName while it belongs to none.
function hello(address) {
  try {
    return connect(address).hello();
  } catch {
    return null;
  }
}

// A replica set is begun by the first pod, when all are there and none belongs to one: a pod that lost its disk waits
// until the others have found it again, and does not begin another one.
function begin() {
  const config = members.map((member, n) => ({ _id: n, host: member, priority: n === 0 ? 2 : 1 }));
  print(connect("localhost:27017").adminCommand({ replSetInitiate: { _id: "rs0", members: config } }));
}

// join has a pod that was added to the StatefulSet later be added to the replica set.
function join(others) {
  const admin = connect(others.join(), "replicaSet=rs0");
  admin.auth(root.user, root.pwd);
  const { config } = admin.adminCommand({ replSetGetConfig: 1 });
  if (config.members.some((member) => member.host === me)) return;
  const id = Math.max(...config.members.map((member) => member._id)) + 1;
  const changed = { ...config, version: config.version + 1, members: [...config.members, { _id: id, host: me }] };
  print(admin.adminCommand({ replSetReconfig: changed }));
}

function gather() {
  const answers = members.map(hello);
  const others = members.filter((_, n) => answers[n]?.setName);
  if (others.length > 0) join(others);
  else if (ordinal === "0" && answers.every((answer) => answer)) begin();
}

function works(user) {
  try {
    return connect("localhost:27017").auth(user.user, user.pwd).ok === 1;
  } catch {
    return false;
  }
}

// Whoever comes from localhost may make the first user; that one makes the other. Only the primary takes them.
function makeUsers() {
  const admin = connect("localhost:27017");
  if (!admin.hello().isWritablePrimary) return;
  if (!works(root)) admin.createUser(root);
  admin.auth(root.user, root.pwd);
  if (!works(application)) admin.createUser(application);
}

function insist(done, step) {
  while (!done()) {
    try {
      step();
    } catch (e) {
      print(e.message);
    }
    sleep(1000);
  }
}

insist(() => hello("localhost:27017")?.setName, gather);
if (ordinal === "0") insist(() => works(root) && works(application), makeUsers);
