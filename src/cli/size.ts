import { UsageError } from "./usage_error.ts";

const UNITS = ["", "K", "M", "G", "T"];
const SIZE = /^(\d+(?:\.\d+)?)([KMGT]?)(?:i?B)?$/i;

/**
 * Reads a size in bytes, as people write it: `4096`, `64M`, `1.5GiB`. Units are powers of 1024.
 *
 * @param text The size.
 * @returns Bytes, a whole number.
 * @throws {UsageError} If the text is not a size, or more than `Number.MAX_SAFE_INTEGER`.
 */
export function parseSize(text: string): number {
  const match = SIZE.exec(text);
  if (match === null) {
    throw new UsageError(`"${text}" is not a size: write bytes, or a number with K, M, G or T`);
  }
  const bytes = Math.round(Number(match[1]) * 1024 ** UNITS.indexOf(match[2]!.toUpperCase()));
  if (!Number.isSafeInteger(bytes)) throw new UsageError(`"${text}" is too large a size`);
  return bytes;
}

/**
 * Writes a size for people, in three digits or so.
 *
 * @param bytes The number of bytes.
 * @returns The size with its unit, a power of 1024.
 */
export function formatSize(bytes: number): string {
  let unit = 0;
  // 999.5 would be written with four digits.
  while (bytes >= 999.5 && unit < UNITS.length - 1) {
    bytes /= 1024;
    unit++;
  }
  const digits = bytes < 9.95 && unit > 0 ? bytes.toFixed(1).replace(/\.0$/, "") : bytes.toFixed(0);
  return `${digits}${UNITS[unit] || "B"}`;
}
