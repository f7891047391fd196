export * from "./fs/mod.ts";
