import { RealDirectoryProvider } from "../adapters/realfs/mod.ts";
import { hostSubject } from "./_host_subject.ts";
import { testProvider } from "./_provider_contract.ts";

testProvider("real directory, native", () => {
  return hostSubject((path) => new RealDirectoryProvider(path, { syscalls: "native" }));
}, { lacks: ["devices"] });
