/** What the pages use of qrcode.js. */

export interface QRCode {
  addData(data: string): void;
  make(): void;
  getModuleCount(): number;
  isDark(row: number, column: number): boolean;
}

/** Type 0 is the smallest that the data fit into. */
export declare const qrcode: (typeNumber: number, errorCorrectionLevel: "L" | "M" | "Q" | "H") => QRCode;
export default qrcode;
