/** The order of a table's rows. */

/** By which column, and in which direction. */
export interface Order {
  id: string;
  desc: boolean;
}

/** What a row is sorted by; nothing goes to the end in both directions. */
type Sort<T> = (row: T) => string | number | null | undefined;

const words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** The rows in this order; those that are equal keep the order that they came in. */
export function sortRows<T>(
  rows: readonly T[],
  columns: readonly { id: string; sort?: Sort<T> }[],
  order: Order | undefined,
): readonly T[] {
  const sort = columns.find((column) => column.id === order?.id)?.sort;
  if (!sort || !order) return rows;
  const turn = order.desc ? -1 : 1;
  return rows
    .map((row) => ({ row, value: sort(row) ?? undefined }))
    .sort((a, b) => {
      if (a.value === undefined || b.value === undefined) return Number(a.value === undefined) - Number(b.value === undefined);
      return turn * compare(a.value, b.value);
    })
    .map(({ row }) => row);
}

function compare(a: string | number, b: string | number): number {
  return typeof a === "number" && typeof b === "number" ? a - b : words.compare(String(a), String(b));
}

/** The order after a click on the head of a column. */
export function nextOrder(order: Order | undefined, id: string): Order {
  return { id, desc: order?.id === id ? !order.desc : false };
}
