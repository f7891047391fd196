import { ERRNO, type ErrnoCode } from "../../fs/mod.ts";
import {
  Decoder,
  decodeRequest2,
  encodeFrame,
  type FrameSplitter,
  newRequest2,
  RESPONSE_2,
  type WireRequest2,
} from "../../protocol/mod.ts";
import type { ConnectionHost } from "../connection.ts";
import type { Link } from "../conversation.ts";
import { Mux } from "./mux.ts";
import { type Agreement, Session2 } from "./session2.ts";

/** The shortest frame that a client may be content with. */
const SMALLEST_FRAME = 16 * 1024;

/** What an answer has beside its data, at most. */
const OVERHEAD = 64;

/** What a server can do beside the basics. */
const FEATURES = ["notify", "resume"];

/**
 * Answers the `hello` that a connection began with, and goes on in version 2.
 *
 * @param link The connection.
 * @param host The server.
 * @param frames Where the frame stands.
 * @returns Whether it is answered. If not, it was no hello that one could answer otherwise than by
 * ENOSYS.
 */
export function hello(link: Link, host: ConnectionHost, frames: FrameSplitter): boolean {
  const decoder = new Decoder(host.limits);
  const request = newRequest2();
  decodeRequest2(decoder, frames.bytes, frames.start, frames.end, request);
  const fault = decoder.fault ?? faultIn(request);
  if (request.version === 1 && fault === undefined) return false;
  const mux = fault === undefined ? muxFor(link, host, request) : undefined;
  if (mux === undefined) {
    refuse(link, host, request, fault ?? "EINVAL");
    return true;
  }
  const resumed = mux.isKnown;
  mux.attach(link);
  const { session } = mux;
  const { limits, resumeMs, notify } = session.agreement;
  encodeFrame(session.outlet.writer, RESPONSE_2, {
    id: request.id,
    err: 0,
    version: 2,
    features: FEATURES.filter((name) => name === "notify" ? notify : resumeMs > 0),
    max_frame: limits.frameBytes,
    max_read: limits.readBytes,
    max_write: limits.dataBytes,
    max_inflight: limits.inflight,
    max_handles: limits.handlesPerConnection,
    max_path: limits.pathBytes,
    session: session.name,
    token: session.token,
    resume: resumeMs,
    resumed,
    readonly: host.provider.readonly,
    ttl: host.cache.common,
  });
  return true;
}

function faultIn({ id, version, max_frame }: WireRequest2): ErrnoCode | undefined {
  if (typeof id !== "number" || version === 0) return "EINVAL";
  if (max_frame !== 0 && max_frame < SMALLEST_FRAME) return "EINVAL";
}

/** The session to go on with: the one that is asked for, if it is there, otherwise a new one. */
function muxFor(link: Link, host: ConnectionHost, request: WireRequest2): Mux {
  const known = request.session.length === 0
    ? undefined
    : host.sessions.find(request.session, request.token);
  if (known !== undefined) return known;
  const session = new Session2(link.id, host, agree(host, request));
  const mux = new Mux(session, host);
  if (session.agreement.resumeMs > 0) host.sessions.add(mux);
  return mux;
}

function agree({ limits }: ConnectionHost, request: WireRequest2): Agreement {
  const { max_frame, features } = request;
  const replyBytes = max_frame === 0 ? limits.replyBytes : Math.min(limits.replyBytes, max_frame);
  return {
    limits: {
      ...limits,
      replyBytes,
      readBytes: Math.min(limits.readBytes, replyBytes - OVERHEAD),
    },
    resumeMs: features.includes("resume") ? Math.min(request.resume, limits.resumeMs) : 0,
    notify: features.includes("notify"),
  };
}

/** Answers with an errno; the connection stays in version 1. */
function refuse(link: Link, host: ConnectionHost, request: WireRequest2, code: ErrnoCode): void {
  const session = new Session2(link.id, host, agree(host, { ...request, max_frame: 0 }));
  const mux = new Mux(session, host);
  mux.attach(link);
  const id = typeof request.id === "number" ? request.id : 0;
  encodeFrame(session.outlet.writer, RESPONSE_2, { id, err: -ERRNO[code] });
  link.finish();
}
