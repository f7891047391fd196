#!/usr/bin/env node
import { main } from "./mod.js";

await main();
