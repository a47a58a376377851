import { type Product, parseCatalogueQuery } from '../../../products/product.js'
import type { Balance } from '../../../products/stock/movement.js'
import { type FormState, newForm } from '../../forms.js'

/** Any day will do, if it is the same one each time. */
const day = (date: number) => new Date(Date.UTC(2026, 2, date, 9, 30))

const longWord = 'Überlandleitungsmastenfundamentverschraubung'.repeat(2)

export const person = {
  id: 1,
  firstName: 'María del Carmen',
  lastName: 'Sosa',
  email: 'maria@bodega.test',
  role: { id: 2, builtIn: 'editor', name: 'editor' },
}

export const product: Product = {
  id: 1,
  version: 9,
  name: 'Copper cable 2.5 mm²',
  code: 'CAB-2.5',
  description: 'On reels of 100 m.\nKeep dry.',
  category: 'Cables',
  units: 120,
  minimum: 50,
  archived: 0,
  movements: 5,
  createdAt: day(1),
}

export const lowProduct: Product = {
  ...product,
  units: 12,
  name: longWord,
  description: longWord,
  code: 'x'.repeat(64),
}

export const archivedProduct: Product = { ...product, archived: 1 }

const products: Product[] = [
  product,
  { ...lowProduct, id: 2 },
  {
    ...product,
    id: 3,
    name: 'كابل نحاسي',
    description: 'على بكرات طول كل منها مئة متر',
    category: 'كابلات',
    code: 'CAB-AR',
  },
  { ...product, id: 4, name: 'No description', description: '', code: 'NONE', units: 2_000_000_000 },
]

/** In the middle of a long list, where it leads everywhere; `q` and the rest are what was asked for. */
export const list = {
  ...parseCatalogueQuery({ page: '3', stock: 'low', sort: 'name' }),
  products,
  total: 134,
  pages: 7,
  andMore: false,
  lowProducts: 134,
  archivedProducts: 2,
  categories: [{ category: 'Cables', listed: 90, low: 80, archived: 2 }],
}

/** Fields that are empty, filled, wrong, long, and written from the right. */
export const fields: FormState = {
  ...newForm('/design', { code: 'CAB 2.5', units: '120', category: longWord, note: 'شكرا', description: longWord }),
  problems: {
    kind: { message: 'problem.kind' }, // the first one has the focus, which need not scroll a page of parts
    code: { message: 'problem.code', owner: { id: 1, name: product.name, archived: 0 } },
    minimum: { message: 'problem.number' },
  },
}

export const balances: Balance[] = [
  { kind: 'out', units: -70, balance: 12, undoes: null },
  { kind: 'count', units: 2, balance: 82, undoes: null },
  { kind: 'in', units: 30, balance: 80, undoes: 2 },
  { kind: 'out', units: -30, balance: 50, undoes: null },
  { kind: 'in', units: 80, balance: 80, undoes: null },
].map((each, index) => ({ ...each, number: 5 - index, movedAt: day(20 - 3 * index) }) as Balance)

export const movements = {
  entries: balances.map((balance) => ({
    ...balance,
    id: balance.number,
    productId: 1,
    name: balance.number === 4 ? longWord : product.name,
    code: product.code,
    reason: balance.undoes ? '' : 'Received',
    note: balance.number === 1 ? longWord : '',
    person: balance.number === 2 ? null : 'Ana Ruiz',
    replica: 'replica-1',
    undoesNumber: balance.undoes,
    undone: balance.number === 2,
    counted: balance.number < 4,
  })),
  older: true,
}

export const history = [
  { changes: { name: { from: 'Cable', to: longWord }, minimum: { from: 10, to: 50 } }, person: 'Ana Ruiz', date: 12 },
  { changes: { archived: { from: 1, to: 0 } }, person: null, date: 11 },
  { changes: { archived: { from: 0, to: 1 } }, person: 'ليلى', date: 10 },
].map(({ date, ...change }) => ({ ...change, replica: 'replica-2', changedAt: day(date) }))
