import { andThen, type Awaitable, cleanPath, type FileInfo } from "../../../fs/mod.ts";
import type { Exchange2 } from "../exchange2.ts";

/** Describes what an operation left at a path, if the request wants to know. */
export function described(
  exchange: Exchange2,
  path: string,
  done: Awaitable<unknown>,
): Awaitable<FileInfo | undefined> {
  return andThen(
    done,
    // Cleaned only now: if that threw while `done` is under way, nobody would wait for it.
    () =>
      exchange.request.plus
        ? exchange.provider.lookup(cleanPath(path), exchange.context)
        : undefined,
  );
}

/** Answers with the attributes, if there are any. */
export function answerInfo({ reply }: Exchange2, info: FileInfo | undefined): void {
  if (info === undefined) reply.ok();
  else reply.stat(info);
}
