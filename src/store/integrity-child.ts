/** Run as a program of its own: checks the SQLite file named in the arguments and prints `ok` or what is wrong. Reads only. */
import BetterSqlite3 from "better-sqlite3";

const file = process.argv[2];
if (file === undefined) {
  process.stderr.write("usage: integrity-child FILE\n");
  process.exitCode = 2;
} else {
  const db = new BetterSqlite3(file, { readonly: true, fileMustExist: true });
  process.stdout.write(String(db.pragma("quick_check(1)", { simple: true })));
  db.close();
}
