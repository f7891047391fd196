// Where programs of a single file begin.
import { main } from "../mod.ts";

void main();
