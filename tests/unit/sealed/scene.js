/** What the tests of the browser's seal do in the page. Keys and bytes come as hex, and refusals go back by the name of their class. */

import * as callSeal from "/sdk/call-seal.js";
import * as contents from "/sdk/contents.js";
import * as deviceList from "/sdk/device-list.js";
import * as descriptions from "/sdk/descriptions.js";
import * as encoding from "/sdk/encoding.js";
import * as greetings from "/sdk/greetings.js";
import * as identities from "/sdk/identity.js";
import * as keeping from "/sdk/keeping.js";
import * as keyring from "/sdk/keyring.js";
import * as knownPersons from "/sdk/known-persons.js";
import * as link from "/sdk/link.js";
import * as linkbook from "/sdk/linkbook.js";
import * as links from "/sdk/links.js";
import * as missedCall from "/sdk/missed-call.js";
import * as noise from "/sdk/noise.js";
import * as ownList from "/sdk/own-list.js";
import * as padding from "/sdk/padding.js";
import * as pairing from "/sdk/pairing.js";
import * as pairingCode from "/sdk/pairing-code.js";
import * as persons from "/sdk/persons.js";
import * as post from "/sdk/post.js";
import * as profile from "/sdk/profile.js";
import * as publicKeys from "/sdk/public-keys.js";
import * as rung from "/sdk/rung.js";
import * as safetyNumber from "/sdk/safety-number.js";
import * as statements from "/sdk/statements.js";

export {
  callSeal, contents, descriptions, deviceList, encoding, greetings, identities, keeping, keyring, knownPersons, link, linkbook, links, missedCall, noise, ownList, padding, pairing,
  pairingCode, persons, post, profile, publicKeys, rung, safetyNumber, statements,
};

/** RFC 8410 §7: the head of a PKCS #8 private key for X25519, before its 32 bytes. */
const PKCS8_HEAD = unhex("302e020100300506032b656e04220420");
const BASE_POINT = unhex("09" + "00".repeat(31));

export function unhex(text) {
  return new Uint8Array((text.match(/../g) ?? []).map((pair) => parseInt(pair, 16)));
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function text(bytes) {
  return new TextDecoder().decode(bytes);
}

export const bytes = encoding.utf8;

/** A known key pair, as the product has them: the private key can't be taken out. */
export async function keyPair(seed, extractable = false) {
  const pkcs8 = new Uint8Array([...PKCS8_HEAD, ...unhex(seed)]);
  const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, "X25519", extractable, ["deriveBits"]);
  return { privateKey, publicKey: await noise.agreed(privateKey, BASE_POINT) };
}

/** The class of what `work` throws, or null. */
export async function refusal(work) {
  try {
    await work();
    return null;
  } catch (problem) {
    return problem.constructor.name;
  }
}

/** A box with one bit turned. */
export function flipped(box, bit) {
  const sealed = encoding.fromBase64url(box);
  sealed[bit >> 3] ^= 1 << (bit & 7);
  return encoding.base64url(sealed);
}

/** Both ends of one call, in this page. */
export async function twoEnds({ binding, alice, bob }) {
  const [a, b] = [await keyPair(alice), await keyPair(bob)];
  return {
    caller: new callSeal.NoiseSeal(binding, "caller", { own: a, peer: b.publicKey }),
    callee: new callSeal.NoiseSeal(binding, "callee", { own: b, peer: a.publicKey }),
  };
}

/** The same after ring and join. */
export async function joinedEnds(told) {
  const ends = await twoEnds(told);
  await ends.callee.readFirst(await ends.caller.writeFirst(bytes("{}")));
  await ends.caller.readSecond(await ends.callee.writeSecond(bytes("{}")));
  return ends;
}

/** How each of several promises went: "fulfilled", or the class of what it threw. */
export async function outcomes(asked) {
  return (await Promise.allSettled(asked)).map(({ status, reason }) => reason?.constructor.name ?? status);
}

/** A golden handshake, said and heard anew. */
export async function sayPattern(transcript) {
  const pattern = noise.PATTERNS[transcript.pattern];
  const sides = {};
  for (const [side, other] of [["initiator", "responder"], ["responder", "initiator"]]) {
    const e = await keyPair(transcript[side].e);
    const keys = pattern.statics
      ? { s: await keyPair(transcript[side].s), rs: (await keyPair(transcript[other].s)).publicKey }
      : { psk: unhex(transcript.psk) };
    const told = { initiator: side === "initiator", prologue: unhex(transcript.prologue) };
    sides[side] = { handshake: await noise.beginHandshake(pattern, { ...told, ...keys, generate: async () => e }) };
  }
  const messages = [];
  for (const [number, one] of transcript.messages.entries()) {
    const [writer, reader] = number % 2 === 0 ? ["initiator", "responder"] : ["responder", "initiator"];
    const written = await sides[writer].handshake.writeMessage(unhex(one.payload));
    sides[writer].handshake = written.handshake;
    const read = await sides[reader].handshake.readMessage(unhex(one.message));
    sides[reader].handshake = read.handshake;
    messages.push({ payload: hex(read.payload), message: hex(written.message) });
  }
  const hashes = Object.values(sides).map((side) => hex(side.handshake.handshakeHash));
  for (const side of Object.values(sides)) Object.assign(side, await side.handshake.transport());
  const transport = [];
  for (const one of transcript.transport) {
    const other = one.from === "initiator" ? "responder" : "initiator";
    const n = sides[one.from].sending.n;
    const ciphertext = hex(await sides[one.from].sending.encryptWithAd(unhex(one.ad), unhex(one.plaintext)));
    const plaintext = hex(await sides[other].receiving.decryptAt(one.n, unhex(one.ad), unhex(one.ciphertext)));
    transport.push({ ...one, n, ciphertext, plaintext });
  }
  return { protocol_name: pattern.protocolName, messages, hashes, transport };
}

/**
 * What `work` comes to where each written content is padded as it is written: deflate has many spellings, so the browser is given that one, and its
 * random bytes too. `work` is given what fills the rest.
 */
export async function asWritten(written, work) {
  const padded = new Map(written.map(({ content, padded }) => [content, unhex(padded)]));
  let last;
  const compression = globalThis.CompressionStream;
  globalThis.CompressionStream = class extends TransformStream {
    constructor() {
      const said = [];
      super({
        transform(piece) { said.push(...piece); },
        flush(controller) {
          last = padded.get(text(new Uint8Array(said)));
          controller.enqueue(last.subarray(3, 3 + ((last[1] << 8) | last[2])));
        },
      });
    }
  };
  try {
    return await work((fill) => fill.set(last.subarray(last.length - fill.length)));
  } finally {
    globalThis.CompressionStream = compression;
  }
}

/** A golden call, said and heard anew. */
export function sayCall(binding, transcript) {
  return asWritten([transcript.first, transcript.second, ...transcript.boxes], async (fillRandomly) => {
    const { initiator, keys } = transcript;
    const seals = {};
    for (const [role, other] of [["caller", "callee"], ["callee", "caller"]]) {
      const [own, e] = [await keyPair(keys[role].s), await keyPair(keys[role].e)];
      const peer = (await keyPair(keys[other].s)).publicKey;
      const options = { initiator, generate: async () => e, fillRandomly };
      seals[role] = new callSeal.NoiseSeal(binding, role, { own, peer }, options);
    }
    const responder = initiator === "caller" ? "callee" : "caller";
    const said = [];
    said.push({ box: await seals[initiator].writeFirst(bytes(transcript.first.content)) });
    said.push({ content: text(await seals[responder].readFirst(transcript.first.box)) });
    said.push({ box: await seals[responder].writeSecond(bytes(transcript.second.content)) });
    said.push({ content: text(await seals[initiator].readSecond(transcript.second.box)) });
    for (const { author, seq, content, box } of transcript.boxes) {
      const sealed = await seals[author].seal(seq, bytes(content));
      said.push({ data: hex(callSeal.boxData(binding, author, seq)), box: sealed });
      said.push({ content: text(await seals[author === "caller" ? "callee" : "caller"].open(seq, box)) });
    }
    return { prologue: hex(callSeal.callPrologue(binding, initiator)), said };
  });
}

/** A golden pairing, said and heard anew. */
export function sayPairing({ secret, ephemerals, first, second }) {
  const written = [first, second].map((one) => ({ content: JSON.stringify(one.introduction), padded: one.padded }));
  return asWritten(written, async (fillRandomly) => {
    const begin = async (who) => {
      const e = await keyPair(ephemerals[who]);
      return pairing.Pairing.begin(unhex(secret), { reads: who === "phone", generate: async () => e, fillRandomly });
    };
    const [phone, komp] = [await begin("phone"), await begin("komp")];
    return {
      names: [phone.name, komp.name],
      first: { box: await phone.writeFirst(first.introduction), introduction: await komp.readFirst(first.box) },
      second: { box: await komp.writeSecond(second.introduction), introduction: await phone.readSecond(second.box) },
    };
  });
}

/** A golden post, sealed and opened anew by each reader. */
export async function sayPost({ binding, author_seed, ephemeral, content, content_key, readers }) {
  const told = inTheBrowser(binding);
  const [own, e] = [await keyPair(author_seed), await keyPair(ephemeral)];
  const known = await Promise.all(readers.map(async (one) => ({ ...one, pair: await keyPair(one.seed) })));
  const sealed = await post.sealPost(bytes(content), told, {
    own,
    readers: known.map(({ endpoint, serial, pair }) => ({ endpoint, serial, key: pair.publicKey })),
    generate: async () => e,
    fillRandomly: (fill) => fill.set(unhex(content_key)),
  });
  const read = await Promise.all(
    known.map(({ endpoint, serial, pair, wrap }) =>
      post.openPost(sealed.box, unhex(wrap), told, { own: pair, reader: endpoint, serial, author: own.publicKey }),
    ),
  );
  return { box: hex(sealed.box), wraps: sealed.wraps.map(hex), contents: read.map(text) };
}

/** A post's binding in this language's spelling. */
export function inTheBrowser({ purpose, post, author, author_key }) {
  return { purpose, post, author, authorKey: author_key };
}

/** An endpoint out of two seeds: its identity, and what it says of its agreement key. */
export async function endpointOf({ identity, agreement, serial = 1, notAfter = 1_800_000_000 }) {
  const own = await identities.Identity.fromSeed(unhex(identity));
  const { publicKey } = await keyPair(agreement);
  const statement = await statements.makeStatement(own, publicKey, { serial, notAfter });
  return { identity: encoding.base64url(own.publicKey), statement };
}

/** A golden story of one record: the record after each step, or the class of what the step threw. */
export async function liveLink({ who, now, voucher, steps }) {
  const does = {
    introduce: (_, { keys }) => links.introduce(who, keys),
    take_statement: (record, { keys }) => links.takeStatement(record, keys),
    verify_by_pairing: (known, { keys, how }) => links.verifyByPairing(who, keys, how, known),
    verify_by_voucher: (known, { keys }) => links.verifyByVoucher(who, keys, voucher, { now, known }),
    verify_by_safety_number: (record) => links.verifyBySafetyNumber(record),
  };
  const told = [];
  let record = null;
  for (const step of steps) {
    let refused = null;
    try {
      record = await does[step.does](record, step);
    } catch (problem) {
      refused = problem.constructor.name;
    }
    const verified = record !== null && links.isVerified(record, now);
    told.push({ refused, record, verified });
  }
  return told;
}

/** A golden story of one person's lists: what is known after each, or the class of what it threw. */
export async function livePerson({ now, known, steps }) {
  const told = [];
  for (const { list } of steps) {
    let refused = null;
    try {
      known = await deviceList.takeList(known, list);
    } catch (problem) {
      refused = problem.constructor.name;
    }
    const additions = deviceList.additions(known, now).map((one) => one.endpoint);
    told.push({ refused, known, additions, signed: hex(deviceList.listBytes(list)) });
  }
  return told;
}

/** A book of this browser's that knows these, and the persons at work in it; a letter is handed over by `brings` and what is sent stands in `sent`. */
export async function bookOf(records, { seed, party, now }) {
  const identity = await identities.Identity.fromSeed(unhex(seed));
  await keeping.keepSelf({ identity, party, name: "Sara", contacts: [], links: records });
  const wall = { now };
  const book = await linkbook.LinkBook.kept(() => wall.now);
  const [sent, waiting] = [[], []];
  const letters = {
    send: async (purpose, content, to) => void sent.push([purpose, to.map(({ endpoint }) => endpoint), JSON.parse(new TextDecoder().decode(content))]),
    fetch: async (isWanted, read) => {
      for (const one of waiting.splice(0)) if (isWanted(one)) await read(one);
    },
  };
  const learnt = [];
  const learnKeys = async (endpoint, who) => void learnt.push([endpoint, who.name]);
  const working = new persons.Persons({ book, letters, learnKeys });
  const brings = async (endpoint, list) => {
    const author = book.link(endpoint);
    const content = encoding.utf8(JSON.stringify(list));
    waiting.push({ purpose: "device-list", author, isVerified: book.isVerified(endpoint), content });
    await working.read();
  };
  return { book, persons: working, letters, brings, sent, learnt, wall };
}

/** The page's storage, held open: as it is, or as a page of that version would. */
export function held(version) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("narvaro", version);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** What the first version of the page left behind; null: it only opened its storage. */
export async function keptByAnEarlierVersion(link) {
  const database = await new Promise((resolve, reject) => {
    const request = indexedDB.open("narvaro", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("link");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  if (link) {
    const { privateKey, publicKey } = await identities.Identity.fromSeed(unhex(link.seed));
    const transaction = database.transaction("link", "readwrite");
    transaction.objectStore("link").put({ privateKey, publicKey, name: link.name, contacts: link.contacts }, "self");
    await new Promise((resolve) => { transaction.oncomplete = resolve; });
  }
  database.close();
}

/** What the storage consists of. */
export async function stores() {
  const database = await held();
  const told = { version: database.version, names: [...database.objectStoreNames] };
  database.close();
  return told;
}

/** Put into a store what the product would not put there. */
export async function fill(store, entries) {
  await keeping.keptSelf();
  const database = await held();
  const transaction = database.transaction(store, "readwrite");
  for (const [key, value] of entries) transaction.objectStore(store).put(value, key);
  await new Promise((resolve) => { transaction.oncomplete = resolve; });
  database.close();
}

/** What a bomb comes to: how it was refused, and how much of it was inflated until then, each byte to a kibibyte at most. */
export async function defuse(bomb) {
  const real = globalThis.DecompressionStream;
  let fed = 0;
  globalThis.DecompressionStream = class {
    constructor(format) {
      const inner = new real(format);
      const writer = inner.writable.getWriter();
      this.readable = inner.readable;
      this.writable = new WritableStream({
        write(piece) {
          fed += piece.length;
          return writer.write(piece);
        },
        close: () => writer.close(),
      });
    }
  };
  try {
    return { refusal: await refusal(() => padding.unpad(unhex(bomb))), fed };
  } finally {
    globalThis.DecompressionStream = real;
  }
}
