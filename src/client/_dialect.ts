import { VfsError } from "../fs/mod.ts";
import {
  Decoder,
  encodeFrame,
  type FrameWriter,
  newResponse,
  newResponse2,
  OP,
  operationOf,
  REQUEST,
  REQUEST_2,
  RESPONSE,
  RESPONSE_2,
  type WireRequest2,
  type WireResponse2,
} from "../protocol/mod.ts";
import { attrOfStat } from "./_convert.ts";

/** The fields of a request that have a meaning. */
export type Fields = Partial<WireRequest2>;

/** How one version of the protocol writes requests and reads answers. */
export interface Dialect {
  /** Which version. */
  readonly version: 1 | 2;

  /**
   * Writes a request.
   *
   * @throws {VfsError} ENOSYS or EOPNOTSUPP for what the version cannot say.
   */
  encode(writer: FrameWriter, fields: Fields): void;

  /** Reads an answer; its `id` is that of the request, 0 for a notice. */
  decode(bytes: Uint8Array, start: number, end: number): WireResponse2;
}

/** Version 2. */
export class Dialect2 implements Dialect {
  readonly version = 2;
  readonly #decoder = new Decoder();

  encode(writer: FrameWriter, fields: Fields): void {
    encodeFrame(writer, REQUEST_2, fields);
  }

  decode(bytes: Uint8Array, start: number, end: number): WireResponse2 {
    const response = newResponse2();
    this.#decoder.decode(bytes, start, end, RESPONSE_2, response);
    if (this.#decoder.fault !== undefined) throw new VfsError(this.#decoder.fault, "an answer");
    return response;
  }
}

const SET_MODE = 1;
const SET_SIZE = 8;

/** What version 1 does not know and may be left out without changing the meaning. */
const DISPENSABLE: readonly string[] = ["op", "id", "uid", "gid", "pid", "plus"];

/** Version 1: answers come in the order of the requests. */
export class Dialect1 implements Dialect {
  readonly version = 1;
  readonly #decoder = new Decoder();
  readonly #order: number[] = [];

  encode(writer: FrameWriter, fields: Fields): void {
    encodeFrame(writer, REQUEST, translated(fields));
    this.#order.push(fields.id as number);
  }

  decode(bytes: Uint8Array, start: number, end: number): WireResponse2 {
    const old = newResponse();
    this.#decoder.decode(bytes, start, end, RESPONSE, old);
    if (this.#decoder.fault !== undefined) throw new VfsError(this.#decoder.fault, "an answer");
    const id = this.#order.shift();
    if (id === undefined) throw new VfsError("EPROTO", "an answer to no request");
    const response = newResponse2();
    response.id = id;
    response.err = old.err;
    response.attr = old.stat === undefined ? undefined : attrOfStat(old.stat);
    response.data = old.data;
    response.written = old.written;
    response.fh = old.fh;
    response.page = old.entries.map(({ name, ino, mode, size, is_dir }) => {
      const attr = attrOfStat({ ino, mode, size, is_dir, mtime: 0 });
      return { name, ino, mode: attr.mode, cursor: 0, info: undefined };
    });
    return response;
  }
}

/** Says in version 1 what can be said in it. */
function translated(fields: Fields): Fields {
  const { op, mask, size, ...rest } = fields;
  if (op === OP.setattr) {
    if (mask === SET_SIZE && size !== undefined) return { ...rest, op: OP.truncate, off: size };
    if (mask === SET_MODE && rest.path !== undefined) return { ...rest, op };
    throw new VfsError("EOPNOTSUPP", "version 1 sets the mode and the size");
  }
  const row = operationOf(op!)!;
  if (row.v1 === undefined) throw new VfsError("ENOSYS", `version 1 has no ${row.name}`);
  for (const [name, value] of Object.entries(fields)) {
    const isSaid = value !== undefined && value !== 0 && value !== "" && value !== false;
    if (!isSaid || DISPENSABLE.includes(name) || row.v1.includes(name)) continue;
    throw new VfsError("EOPNOTSUPP", `version 1 has no ${name} in ${row.name}`);
  }
  return fields;
}
