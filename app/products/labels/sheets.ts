/** A sheet of labels; lengths in mm. The labels stand in its middle: views/public/label-sheets.css has the same figures. */
export interface Sheet {
  columns: number
  rows: number
  /** Of a label. */
  width: number
  height: number
  /** What stays white along a label's edges. */
  padding: number
}

/** Sheets and rolls that are sold everywhere, by the names that addresses give them. */
export const sheets = {
  'a4-21': { columns: 3, rows: 7, width: 63.5, height: 38.1, padding: 3 }, // Avery L7160
  'a4-24': { columns: 3, rows: 8, width: 70, height: 37, padding: 5 }, // Avery 3474; no printer reaches its edges
  'a4-8': { columns: 2, rows: 4, width: 99.1, height: 67.7, padding: 4 }, // Avery L7165
  'a4-65': { columns: 5, rows: 13, width: 38.1, height: 21.2, padding: 2 }, // Avery L7651
  'letter-30': { columns: 3, rows: 10, width: 66.675, height: 25.4, padding: 2.5 }, // Avery 5160
  'roll-62': { columns: 1, rows: 1, width: 62, height: 29, padding: 2 }, // Brother DK-11209
} satisfies Record<string, Sheet>

export type SheetName = keyof typeof sheets

export const sheetNames = Object.keys(sheets) as SheetName[]

export function labelsOn({ columns, rows }: Sheet): number {
  return columns * rows
}
