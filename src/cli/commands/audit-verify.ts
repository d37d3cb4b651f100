import { cliCommand } from "../command.js";
import { EXIT } from "../exit-code.js";

export const auditVerify = cliCommand({
  name: "audit verify",
  words: (catalogue) => catalogue.audit.cli.verify,
  options: { head: { type: "string" }, json: { type: "boolean" } },
  run: async ({ values: { head }, format, catalogue }, effects) => {
    const hash = head?.trim().toLowerCase();
    if (hash !== undefined && !/^[0-9a-f]{64}$/.test(hash)) {
      return { code: EXIT.usage, complaint: catalogue.cli.badValue("--head", head ?? "", catalogue.audit.badHead) };
    }
    return effects.auditVerify(hash, format);
  },
});
