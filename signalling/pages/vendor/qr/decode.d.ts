/** What is used of the decoder: the text of the first QR in a picture of four bytes for each pixel. Throws where there is none. `timeLimit` is in milliseconds. */
export default function decodeQR(picture: { width: number; height: number; data: Uint8ClampedArray }, options?: { timeLimit?: number }): string;
