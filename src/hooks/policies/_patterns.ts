/** One pattern or several. */
export type Patterns = string | readonly string[];

/** Patterns for what the given ones match and for everything below it. */
export function treePatterns(patterns: Patterns): string[] {
  return (typeof patterns === "string" ? [patterns] : patterns).map((pattern) => {
    if (pattern === "**" || pattern.endsWith("/**")) return pattern;
    return pattern.endsWith("/") ? `${pattern}**` : `${pattern}/**`;
  });
}
