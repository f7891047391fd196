/*
 * Paths of the host, which may be relative and are not cleaned: the host's kernel understands them.
 * (Paths of the guest are the business of src/fs/path.ts.)
 */

/** Puts a path behind a directory, unless it is absolute. */
export function joinLocal(directory: string, path: string): string {
  if (path.startsWith("/")) return path;
  return directory.endsWith("/") ? directory + path : `${directory}/${path}`;
}

/** Writes a path in full, for people who read it elsewhere. */
export function fullPath(current: string, path: string): string {
  const plain = path.replace(/^(\.\/+)+/, "");
  return plain === "." || plain === "" ? current : joinLocal(current, plain);
}

/** Splits a path into its directory and its last name, which may be empty. */
export function splitLocal(path: string): { readonly directory: string; readonly name: string } {
  const slash = path.lastIndexOf("/");
  if (slash === -1) return { directory: ".", name: path };
  return { directory: path.slice(0, slash + 1), name: path.slice(slash + 1) };
}
