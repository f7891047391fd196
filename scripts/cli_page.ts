/**
 * Writes the help of every command into `docs/CLI.md`, from the table that the program itself uses.
 *
 * Usage: `node scripts/cli_page.ts`; a test says when it has to be run again.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { COMMANDS, DEFAULT_COMMAND } from "../src/cli/commands.ts";
import { commandHelp, programHelp } from "../src/cli/help.ts";

const PAGE = new URL("../docs/CLI.md", import.meta.url);
const MARK = "<!-- What follows is written by scripts/cli_page.ts. -->\n";

/** The page as it is, and as it should be. */
export function cliPage(): { readonly is: string; readonly shouldBe: string } {
  const is = readFileSync(PAGE, "utf8");
  const [prose] = is.split(MARK);
  const helps = [
    ["vfs-server", programHelp(DEFAULT_COMMAND, COMMANDS)],
    ...COMMANDS.map((command) => [`vfs-server ${command.name}`, commandHelp(command)]),
  ];
  const sections = helps.map(([title, help]) => `## ${title}\n\n\`\`\`text\n${help}\`\`\`\n`);
  return { is, shouldBe: `${prose}${MARK}\n${sections.join("\n")}` };
}

if (import.meta.main) writeFileSync(PAGE, cliPage().shouldBe);
