/** Where the decoder beside this looks for the rest of its library: the encoder, which stands one folder higher. Ours; it holds nothing of its own. */

export * from "../qr.js";
