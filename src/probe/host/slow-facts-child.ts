/** Run as a program of its own: prints what systeminformation knows of the operating system and the machine, as JSON. */
import { osInfo, system } from "systeminformation";

const [{ distro, release, kernel }, { virtual, virtualHost }] = await Promise.all([osInfo(), system()]);
process.stdout.write(JSON.stringify({ os: { distro, release, kernel }, system: { virtual, virtualHost } }));
