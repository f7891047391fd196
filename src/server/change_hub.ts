import { type Change, isWatchable, isWithin, type Provider, tellableOf } from "../fs/mod.ts";

/** Somebody who wants to know what changes. */
export interface Subscriber {
  /** Told of a change at or below one of the paths. Never throws. */
  notify(change: Change): void;
}

/** Ends what the provider was asked to watch. */
type Stop = () => void;

/**
 * Tells sessions what others change: what goes through the server by itself, and what the provider
 * reports if it can.
 */
export class ChangeHub {
  readonly #provider: Provider;
  readonly #paths = new Map<Subscriber, Map<string, Stop>>();

  /** @param provider What is served. */
  constructor(provider: Provider) {
    this.#provider = provider;
  }

  /** Whether anybody wants to know. */
  get isActive(): boolean {
    return this.#paths.size > 0;
  }

  /**
   * Gives the paths that somebody wants to know of.
   *
   * @param subscriber Who.
   */
  pathsOf(subscriber: Subscriber): string[] {
    return [...this.#paths.get(subscriber)?.keys() ?? []];
  }

  /**
   * Begins to tell of changes at a path and below it.
   *
   * @param subscriber Whom.
   * @param path A clean path.
   */
  subscribe(subscriber: Subscriber, path: string): void {
    const paths = this.#paths.get(subscriber) ?? new Map<string, Stop>();
    if (paths.has(path)) return;
    const provider = this.#provider;
    const stop = isWatchable(provider)
      ? provider.watch(path, (change) => subscriber.notify(change))
      : () => {};
    paths.set(path, stop);
    this.#paths.set(subscriber, paths);
  }

  /**
   * Ends that.
   *
   * @param subscriber Whom.
   * @param path A clean path; left out, all of them.
   */
  unsubscribe(subscriber: Subscriber, path?: string): void {
    const paths = this.#paths.get(subscriber);
    if (paths === undefined) return;
    for (const each of path === undefined ? [...paths.keys()] : [path]) {
      paths.get(each)?.();
      paths.delete(each);
    }
    if (paths.size === 0) this.#paths.delete(subscriber);
  }

  /**
   * Tells everybody but one who made it, as far as the provider lets it be told.
   *
   * @param origin Who made the change.
   * @param change The change.
   */
  publish(origin: object, change: Change): void {
    const told = tellableOf(this.#provider, change);
    if (told === undefined) return;
    for (const [subscriber, paths] of this.#paths) {
      if (subscriber === origin) continue;
      for (const path of paths.keys()) {
        // A change above takes what is below with it.
        if (!isWithin(told.path, path) && !isWithin(path, told.path)) continue;
        subscriber.notify(told);
        break;
      }
    }
  }
}
