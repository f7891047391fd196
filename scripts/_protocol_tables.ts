import {
  type Field,
  type MessageKind,
  OPERATIONS,
  REQUEST,
  REQUEST_2,
  RESPONSE,
  RESPONSE_2,
} from "../src/protocol/mod.ts";
import { OPERATION_NOTES, REQUEST_NOTES, RESPONSE_NOTES } from "./_protocol_notes.ts";

/** The tables of the specification, by the names that they have there. */
export const TABLES: Readonly<Record<string, () => string>> = {
  "requests of version 1": () => fields(REQUEST, REQUEST_NOTES),
  "answers of version 1": () => fields(RESPONSE, RESPONSE_NOTES),
  "operations of version 1": () => operations("v1"),
  "requests of version 2": () => fields(REQUEST_2, REQUEST_NOTES),
  "answers of version 2": () => fields(RESPONSE_2, RESPONSE_NOTES),
  "operations of version 2": () => operations("v2"),
};

function fields(kind: MessageKind, notes: Readonly<Record<string, string>>): string {
  const rows = kind.fields.map((field) => {
    return [`\`${field.name}\``, typeName(field), notes[field.name]!];
  });
  return table(["key", "kind", ""], rows);
}

function typeName({ type, of }: Field): string {
  switch (type) {
    case "message":
      return "map";
    case "list":
      return "list of maps";
    case "tuple":
      return of!.name === "time" ? "time" : "list";
    case "tuples":
      return "list of lists";
    case "texts":
      return "list of texts";
    default:
      return type;
  }
}

function operations(version: "v1" | "v2"): string {
  const rows: string[][] = [];
  for (const row of OPERATIONS) {
    const takes = row[version];
    if (takes === undefined) continue;
    const { [version]: gives = "", does } = OPERATION_NOTES[row.name];
    rows.push([
      String(row.op),
      row.name,
      row.name === "hello" ? "" : takes.join(", "),
      gives.replaceAll(" ", ", "),
      does,
    ]);
  }
  return table(["op", "name", "takes", "gives", "does"], rows);
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Puts the tables into the text of the specification, each between its marks. */
export function withTables(text: string): string {
  return text.replaceAll(
    /<!-- table: (.+?) -->[^]*?<!-- end -->/g,
    (_, name: string) => `<!-- table: ${name} -->\n\n${TABLES[name]!()}\n\n<!-- end -->`,
  );
}
