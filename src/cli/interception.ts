import type { Runtime } from "../../adapters/runtime.ts";
import type { Provider } from "../fs/mod.ts";
import {
  deny,
  HookEngine,
  HookRuleError,
  InterceptProvider,
  writeAudit,
  writeJsonLines,
} from "../hooks/mod.ts";
import { type AuditFile, notWhole, openAudit } from "./audit_file.ts";
import { cannot, type CommandError, reason } from "./command_error.ts";
import { fullPath } from "./local_path.ts";
import type { Log } from "./log.ts";
import type { ServeSettings } from "./serve_settings.ts";
import { UsageError } from "./usage_error.ts";

/** What stands between a tree and those who use it. */
export interface Interception {
  /** The tree, with what is allowed before it. */
  readonly provider: Provider;
  /** What it does, for people; empty if it does nothing. */
  readonly label: string;
  /** Resolves if the audit cannot be written any more: nothing may happen from then on. */
  readonly broken: Promise<CommandError>;
  /** Ends it when nobody uses the tree any more: the audit is closed in order. */
  readonly close: () => Promise<void>;
}

/** How long the reader of events may take for the last ones, in milliseconds. */
const PATIENCE = 2000;

type Settings = Pick<ServeSettings, "engine" | "rules" | "audit" | "events">;

/**
 * Puts what is allowed, and who is told, before a tree.
 *
 * @param runtime Whose files and standard output.
 * @param log Where failures of hooks are reported.
 * @param settings What is allowed, and who is told.
 * @param tree The tree.
 * @throws {UsageError} If a rule cannot be used.
 * @throws {CommandError} If the audit cannot be written.
 */
export async function intercept(
  runtime: Runtime,
  log: Log,
  settings: Settings,
  tree: Provider,
): Promise<Interception> {
  const { rules, audit, events } = settings;
  if (settings.engine === undefined && rules.length === 0 && audit === undefined && !events) {
    const never = new Promise<CommandError>(() => {});
    return { provider: tree, label: "", broken: never, close: () => Promise.resolve() };
  }
  const engine = engineOf(log, settings);
  const broken = Promise.withResolvers<CommandError>();
  const ends = [
    ...(audit === undefined ? [] : [await startAudit(runtime, log, engine, audit, broken.resolve)]),
    ...(events ? [startEvents(runtime, log, engine)] : []),
  ];
  const close = async () => {
    await engine.close();
    await Promise.all(ends.map((end) => end()));
  };
  const label = labelOf(runtime, engine, settings);
  return { provider: new InterceptProvider(tree, engine), label, broken: broken.promise, close };
}

function engineOf(log: Log, { engine, rules }: Settings): HookEngine {
  try {
    if (engine !== undefined) {
      engine.add(...rules);
      return engine;
    }
    return new HookEngine(rules, {
      onError: (error, hook) => {
        const stack = error instanceof Error ? error.stack : undefined;
        const text = error instanceof Error ? error.message : String(error);
        log.write("error", "hook", `The hook ${hook} failed: ${text}`, { hook, stack });
      },
    });
  } catch (error) {
    if (!(error instanceof HookRuleError)) throw error;
    throw new UsageError(error.message);
  }
}

function labelOf(
  runtime: Runtime,
  { size }: HookEngine,
  { audit, events }: Settings,
): string {
  const parts = [
    ...(size === 0 ? [] : [`${size} ${size === 1 ? "rule" : "rules"}`]),
    ...(audit === undefined ? [] : [`an audit in ${fullPath(runtime.cwd(), audit)}`]),
    ...(events ? ["events on the standard output"] : []),
  ];
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** Begins to write the audit, and gives what ends it. */
async function startAudit(
  runtime: Runtime,
  log: Log,
  engine: HookEngine,
  path: string,
  onBroken: (failure: CommandError) => void,
): Promise<() => Promise<void>> {
  const file: AuditFile = await openAudit(runtime, path);
  // What is slow shall wait for its record rather than go without one.
  const stream = engine.events({ overflow: "wait" });
  let isBroken = false;
  const begun = Promise.withResolvers<void>();
  const write = async (line: string) => {
    await file.write(line);
    begun.resolve();
  };
  const written = writeAudit(stream, write, file.after === undefined ? {} : { after: file.after })
    .then(
      ({ number, hash }) => {
        const sentence = `The audit ${path} ends with record ${number}, hash ${hash}`;
        log.write("info", "audit", sentence, { audit: path, number, hash, lost: stream.lost });
      },
      (error) => {
        isBroken = true;
        const failure = error instanceof TypeError
          ? notWhole(path)
          : cannot(`write the audit ${path}`, error);
        begun.reject(failure);
        // What happened from now on would leave no trace.
        engine.add(deny("**", "EIO"));
        onBroken(failure);
      },
    );
  try {
    await begun.promise;
  } catch (error) {
    await file.close();
    throw error;
  }
  return async () => {
    await written;
    try {
      await file.close();
    } catch (error) {
      if (!isBroken) throw cannot(`write the audit ${path}`, error);
    }
  };
}

/** Begins to write events, and gives what ends it. */
function startEvents(runtime: Runtime, log: Log, engine: HookEngine): () => Promise<void> {
  const stream = engine.events();
  const written = writeJsonLines(stream, (line) => runtime.print(1, line)).catch((error) => {
    log.write("warn", "events", `Nobody reads the events any more: ${reason(error)}`);
  });
  return async () => {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      const sentence = `The reader of the events is too slow: ${stream.size} are left unread`;
      log.write("warn", "events", sentence, { unread: stream.size });
      resolve();
    }, PATIENCE);
    await Promise.race([written, late]);
    clearTimeout(timer);
  };
}
