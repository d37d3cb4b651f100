/**
 * Holds a database's lock for writing, as a forgotten transaction of another program would, until the time is over or the input
 * ends. Usage: node lock.js FILE SECONDS
 */
import Database from "better-sqlite3";

const [file = "", seconds = "60"] = process.argv.slice(2);
const database = new Database(file, { fileMustExist: true, timeout: 5_000 });
database.exec("BEGIN IMMEDIATE");

let timer: NodeJS.Timeout | undefined = undefined;
function giveBack(): void {
  clearTimeout(timer);
  database.exec("ROLLBACK");
  database.close();
  process.exit(0);
}
timer = setTimeout(giveBack, Number(seconds) * 1_000);
process.stdin.resume().once("end", giveBack);
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
process.stdout.write("locked\n");
