import { HostProvider } from "./_host_provider.ts";
import { HOST_LACKS, hostSubject } from "./_host_subject.ts";
import { testProvider } from "./_provider_contract.ts";

// The oracle: rows that pass here say what Linux does.
testProvider("host", () => hostSubject((directory) => new HostProvider(directory)), {
  lacks: [
    "allocate",
    "copyRange",
    "holes",
    "locks",
    "nanoseconds",
    "renameFlags",
    "root",
    "sockets",
    "xattr",
    "zeroRange",
    ...HOST_LACKS,
  ],
});
