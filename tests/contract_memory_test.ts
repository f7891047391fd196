import { MemoryProvider } from "../src/providers/mod.ts";
import { testProvider } from "./_provider_contract.ts";

testProvider("memory", () => ({ provider: new MemoryProvider() }));
