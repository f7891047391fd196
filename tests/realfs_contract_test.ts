import { test } from "node:test";
import { RealDirectoryProvider } from "../adapters/realfs/mod.ts";
import { HOST_LACKS, hostSubject } from "./_host_subject.ts";
import { testProvider } from "./_provider_contract.ts";
import { eachImplementation } from "./realfs/_implementations.ts";

// The portable implementation is held to the contract in contract_realfs_test.ts.
for (const { kind, isHere, check } of eachImplementation()) {
  if (kind !== "native") continue;
  if (isHere) {
    testProvider("real directory, native", () => {
      return hostSubject((path) => new RealDirectoryProvider(path, { syscalls: "native" }));
    }, { lacks: ["devices", ...HOST_LACKS] });
  } else {
    test("real directory, native: is refused by a runtime without foreign functions", check);
  }
}
