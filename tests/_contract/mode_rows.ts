import assert from "node:assert/strict";
import { O_CREAT, O_RDWR, S_IFDIR, S_IFIFO, S_IFMT, S_IFREG } from "../../src/fs/mod.ts";
import { fails, modeOf, put } from "./kit.ts";
import type { Row } from "./row.ts";

/** Permissions and owners. */
export const modeRows: readonly Row[] = [
  {
    name: "chmod sets every permission bit and keeps the type",
    async run(fs) {
      await put(fs, "/a");
      for (const mode of [0o000, 0o777, 0o421, 0o4755, 0o2755, 0o1644, 0o7777]) {
        await fs.chmod("/a", mode);
        assert.equal(await modeOf(fs, "/a"), S_IFREG | mode);
      }
    },
  },
  {
    name: "chmod ignores type bits",
    async run(fs) {
      await put(fs, "/a");
      await fs.chmod("/a", S_IFDIR | 0o600);
      assert.equal(await modeOf(fs, "/a"), S_IFREG | 0o600);
    },
  },
  {
    name: "chmod works on a directory, sticky bit and setgid included",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await fs.chmod("/d", 0o3777);
      assert.equal(await modeOf(fs, "/d"), S_IFDIR | 0o3777);
    },
  },
  {
    name: "chmod works on a fifo",
    needs: ["mknod"],
    async run(fs) {
      await fs.mknod("/p", S_IFIFO | 0o644, 0);
      await fs.chmod("/p", 0o600);
      assert.equal(await modeOf(fs, "/p"), S_IFIFO | 0o600);
    },
  },
  {
    name: "chmod of a missing name fails with ENOENT, below a file with ENOTDIR",
    async run(fs) {
      await put(fs, "/a");
      await fails("ENOENT", () => fs.chmod("/none", 0o600));
      await fails("ENOTDIR", () => fs.chmod("/a/b", 0o600));
    },
  },
  {
    name: "chmod of a symbolic link fails with EOPNOTSUPP and leaves its target alone",
    async run(fs) {
      await put(fs, "/a");
      await fs.symlink("a", "/l");
      await fails("EOPNOTSUPP", () => fs.chmod("/l", 0o600));
      assert.equal(await modeOf(fs, "/a"), S_IFREG | 0o644);
    },
  },
  {
    name: "open with O_CREAT takes setuid, setgid and sticky from the mode",
    async run(fs) {
      for (const mode of [0o4755, 0o2755, 0o1755]) {
        await (await fs.open(`/${mode}`, O_RDWR | O_CREAT, mode)).close();
        assert.equal(await modeOf(fs, `/${mode}`), S_IFREG | mode);
      }
    },
  },
  {
    name: "open with O_CREAT ignores type bits in the mode",
    async run(fs) {
      await (await fs.open("/a", O_RDWR | O_CREAT, S_IFREG | 0o640)).close();
      assert.equal(await modeOf(fs, "/a"), S_IFREG | 0o640);
    },
  },
  {
    name: "mkdir takes the sticky bit from the mode, but neither setuid nor setgid, as Linux does",
    async run(fs) {
      await fs.mkdir("/d", 0o7755);
      assert.equal(await modeOf(fs, "/d"), S_IFDIR | 0o1755);
    },
  },
  {
    name: "mkdir in a setgid directory makes a setgid directory",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await fs.chmod("/d", 0o2755);
      await fs.mkdir("/d/e", 0o700);
      assert.equal(await modeOf(fs, "/d/e"), S_IFDIR | 0o2700);
    },
  },
  {
    name: "a file in a setgid directory does not become setgid itself",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await fs.chmod("/d", 0o2755);
      await put(fs, "/d/a");
      assert.equal(await modeOf(fs, "/d/a"), S_IFREG | 0o644);
    },
  },
  {
    name: "everything made in a setgid directory gets its group",
    needs: ["chown", "owner"],
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await fs.chown("/d", -1, 4321);
      await fs.chmod("/d", 0o2755);
      await put(fs, "/d/a");
      await fs.mkdir("/d/e", 0o755);
      await fs.symlink("x", "/d/l");
      for (const path of ["/d/a", "/d/e", "/d/l"]) {
        assert.equal((await fs.stat(path)).gid, 4321, path);
      }
    },
  },
  {
    name: "what is made in a directory without setgid does not get its group",
    needs: ["chown", "owner"],
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await fs.chown("/d", -1, 4321);
      await put(fs, "/d/a");
      assert.equal((await fs.stat("/d/a")).gid, (await fs.stat("/")).gid);
    },
  },
  {
    name: "chown sets user and group, and -1 keeps either",
    needs: ["chown"],
    async run(fs) {
      await put(fs, "/a");
      const owner = async () => {
        const { uid, gid } = await fs.stat("/a");
        return [uid, gid];
      };
      await fs.chown("/a", 1000, 1001);
      assert.deepEqual(await owner(), [1000, 1001]);
      await fs.chown("/a", -1, 2001);
      assert.deepEqual(await owner(), [1000, 2001]);
      await fs.chown("/a", 2000, -1);
      assert.deepEqual(await owner(), [2000, 2001]);
      await fs.chown("/a", -1, -1);
      assert.deepEqual(await owner(), [2000, 2001]);
    },
  },
  {
    name: "chown takes ids of 32 bits",
    needs: ["chown"],
    async run(fs) {
      await put(fs, "/a");
      await fs.chown("/a", 4_294_967_294, 3_000_000_000);
      const { uid, gid } = await fs.stat("/a");
      assert.deepEqual([uid, gid], [4_294_967_294, 3_000_000_000]);
    },
  },
  {
    name: "chown of a symbolic link changes the link",
    needs: ["chown"],
    async run(fs) {
      await put(fs, "/a");
      await fs.symlink("a", "/l");
      const before = (await fs.stat("/a")).uid;
      await fs.chown("/l", 1000, 1000);
      assert.equal((await fs.stat("/l")).uid, 1000);
      assert.equal((await fs.stat("/a")).uid, before);
    },
  },
  {
    name: "chown takes setuid and setgid from an executable file, even for root",
    needs: ["chown"],
    async run(fs) {
      await put(fs, "/a");
      await fs.chmod("/a", 0o6755);
      await fs.chown("/a", 1000, 1000);
      assert.equal(await modeOf(fs, "/a"), S_IFREG | 0o755);
    },
  },
  {
    name: "chown leaves setgid and sticky of a directory",
    needs: ["chown"],
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await fs.chmod("/d", 0o3755);
      await fs.chown("/d", 1000, 1000);
      assert.equal(await modeOf(fs, "/d"), S_IFDIR | 0o3755);
    },
  },
  {
    name: "chown of a missing name fails with ENOENT",
    needs: ["chown"],
    async run(fs) {
      await fails("ENOENT", () => fs.chown("/none", 1, 1));
    },
  },
  {
    name: "chmod to 0 does not keep root from stat and readDir",
    needs: ["privileged"],
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await put(fs, "/d/a");
      await fs.chmod("/d", 0);
      assert.equal((await fs.readDir("/d")).length, 1);
      assert.equal(await modeOf(fs, "/d/a") & S_IFMT, S_IFREG);
    },
  },
];
