import { userInfo } from "node:os";

/** The name of the user that this process runs as. The users of a container need not be in its /etc/passwd. */
export function ownUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
