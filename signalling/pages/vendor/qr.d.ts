/** What is used of the encoder: the symbol as rows of cells, `true` for dark, with a border of so many light cells. */
export default function encodeQR(text: string, output: "raw", options?: { ecc?: "low" | "medium" | "quartile" | "high"; border?: number }): boolean[][];
