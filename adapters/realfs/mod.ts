/**
 * A directory of the host as a provider that nothing escapes from.
 *
 * @module
 */

export * from "./landlock.ts";
export * from "./options.ts";
export * from "./peer_credentials.ts";
export * from "./provider.ts";
