import {
  type Field,
  type MessageKind,
  OPERATIONS,
  REQUEST,
  REQUEST_2,
  RESPONSE,
  RESPONSE_2,
  type Signature,
} from "../src/protocol/mod.ts";

/** The tables of the specification, by the names that they have there. */
export const TABLES: Readonly<Record<string, () => string>> = {
  "requests of version 1": () => fields(REQUEST),
  "answers of version 1": () => fields(RESPONSE),
  "operations of version 1": () => operations((row) => row.v1),
  "requests of version 2": () => fields(REQUEST_2),
  "answers of version 2": () => fields(RESPONSE_2),
  "operations of version 2": () => operations((row) => row.v2),
};

function fields(kind: MessageKind): string {
  const rows = kind.fields.map((field) => [`\`${field.name}\``, typeName(field), field.note ?? ""]);
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

function operations(signature: (row: typeof OPERATIONS[number]) => Signature | undefined): string {
  const rows: string[][] = [];
  for (const row of OPERATIONS) {
    const found = signature(row);
    if (found === undefined) continue;
    const isHello = row.name === "hello";
    rows.push([
      String(row.op),
      row.name,
      isHello ? "" : found.uses.join(", "),
      isHello ? "" : found.answers.join(", "),
      row.note,
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
