import { Socket } from "node:net";
import process from "node:process";
import type { FuseSession } from "../../src/fuse/mod.ts";
import type { Poller } from "./_poller.ts";
import { readFailure } from "./_read_failure.ts";

/** The part that we need of Node's binding to libuv's pipes; Deno has it too. */
interface PipeBinding {
  readonly Pipe: new (type: number) => { open(fd: number): number };
  readonly constants: { readonly SOCKET: number };
}

interface ProcessWithBinding {
  binding?(name: string): PipeBinding;
}

/**
 * Waits for requests by readiness (epoll), as for any socket: no other thread takes part.
 *
 * @param poller Serves what follows a request at once, where the runtime can.
 * @returns A pump for this descriptor, or `undefined` where the runtime cannot do it.
 */
export function readinessPump(
  fd: number,
  poller: Poller | undefined,
): ((session: FuseSession) => Promise<void>) | undefined {
  let handle: object;
  try {
    const { Pipe, constants } = (process as ProcessWithBinding).binding!("pipe_wrap");
    const pipe = new Pipe(constants.SOCKET);
    if (pipe.open(fd) !== 0) return undefined;
    handle = pipe;
  } catch {
    return undefined;
  }
  return (session) => pumpSocket(handle, session, poller);
}

function pumpSocket(
  handle: object,
  session: FuseSession,
  poller: Poller | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new Socket(
      {
        handle,
        readable: true,
        writable: false,
        onread: {
          buffer: () => session.buffer,
          callback: (length: number, bytes: Uint8Array) => {
            if (bytes.buffer !== session.buffer.buffer) {
              session.buffer.set(bytes.subarray(0, length));
            }
            session.receive(length);
            // If that finds the end of the connection, so does the socket.
            poller?.serve(session);
            return true;
          },
        },
      } as ConstructorParameters<typeof Socket>[0],
    );
    let failure: unknown;
    socket.on("error", (error) => {
      if (readFailure(error) !== "end") failure = error;
    });
    socket.on("close", () => failure === undefined ? resolve() : reject(failure));
    socket.resume();
  });
}
