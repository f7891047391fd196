import { ERRNO, toVfsError, VfsError } from "../fs/mod.ts";
import { type BufferPool, newResponse2, OP, type WireResponse2 } from "../protocol/mod.ts";
import type { Transport } from "../server/transport.ts";
import { type Dialect, Dialect1, Dialect2, type Fields } from "./_dialect.ts";
import { failure } from "./_requests.ts";
import { WireLink } from "./_wire_link.ts";
import type { ConnectOptions } from "./connect_options.ts";

/** Who is told of what happens on a connection. */
export interface Greeter {
  /** Both ends agreed on a version: requests may go from now on. */
  agreed(link: WireLink, dialect: Dialect, answer: WireResponse2): void;
  /** An answer or a notice came. */
  frame(answer: WireResponse2): void;
  /** More can be sent. */
  drained(): void;
  /** The connection is gone. */
  lost(link: WireLink, error: VfsError): void;
}

/** A connection on which hello was said. */
export interface Greeted {
  readonly link: WireLink;
  /** What the server answered; with nothing in it for version 1. */
  readonly answer: WireResponse2;
}

/** How long a server has to say hello where nothing else is said, in milliseconds. */
const PATIENCE = 30_000;

/**
 * Says hello on a new connection.
 *
 * @param fields The fields of the hello that this module does not know: its id and the session.
 */
export async function greet(
  transport: Transport,
  options: ConnectOptions,
  fields: Fields,
  pool: BufferPool,
  greeter: Greeter,
): Promise<Greeted> {
  const hello = Promise.withResolvers<WireResponse2>();
  let dialect: Dialect = new Dialect2();
  let isOver = false;
  const link = new WireLink(transport, options.replyBytes ?? 4 << 20, pool, {
    frame: (bytes, start, end) => {
      const answer = dialect.decode(bytes, start, end);
      if (isOver) return greeter.frame(answer);
      isOver = true;
      if (answer.err === -ERRNO.ENOSYS) dialect = new Dialect1();
      else if (answer.err !== 0) throw failure(answer.err, "hello", {});
      greeter.agreed(link, dialect, answer);
      hello.resolve(answer);
    },
    drained: () => greeter.drained(),
    lost: (error) => {
      hello.reject(error);
      greeter.lost(link, error);
    },
  });
  const timer = setTimeout(
    () => link.destroy(new VfsError("ETIMEDOUT", "the server does not say hello")),
    options.timeoutMs || PATIENCE,
  );
  try {
    if (options.version === 1) {
      isOver = true;
      dialect = new Dialect1();
      greeter.agreed(link, dialect, newResponse2());
      hello.resolve(newResponse2());
      return { link, answer: newResponse2() };
    }
    dialect.encode(link.writer, helloFields(options, fields));
    link.flushSoon();
    return { link, answer: await hello.promise };
  } catch (error) {
    link.destroy(toVfsError(error));
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function helloFields(options: ConnectOptions, fields: Fields): Fields {
  const { reconnect, replyBytes = 4 << 20, name = "@vfs/server" } = options;
  const { resumeMs = reconnect === undefined ? 0 : 60_000 } = options;
  return {
    op: OP.hello,
    version: 2,
    features: resumeMs > 0 ? ["notify", "resume"] : ["notify"],
    max_frame: replyBytes,
    resume: resumeMs,
    name,
    ...fields,
  };
}
