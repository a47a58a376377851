import type { Context } from 'koa'
import type { Deadline } from '../../../database/deadline.js'
import { NotFound } from '../../../errors.js'
import { type Fields, filled, wholeNumber } from '../../../input/form-values.js'
import type { Catalogue } from '../../../products/catalogue.js'
import { parseId } from '../../../products/product.js'
import { kinds, parseJournalQuery, parseMovementDraft } from '../../../products/stock/movement.js'
import type { StockKeeping } from '../../../products/stock/stock.js'
import type { Accounts } from '../../../users/accounts.js'
import { type FormState, fieldsOf, newForm, submit, writeOf } from '../../forms.js'
import { signedInUser } from '../../middleware/access.js'

/** The stock of a product, which movements change; and the journal of them all. */
export function stockPages(catalogue: Catalogue, stock: StockKeeping, accounts: Accounts) {
  return {
    async showStock(ctx: Context) {
      const id = idOf(ctx)
      await showStockOf(ctx, id, newForm(`/products/${id}/movements`))
    },

    async submitMovement(ctx: Context) {
      const move = async () => {
        const [user, draft] = [signedInUser(ctx), draftOf(fieldsOf(ctx))]
        return stockAfter(await stock.move(user, idOf(ctx), draft, writeOf(ctx, `user ${user.id}`)))
      }
      await submit(ctx, move, showStockForm)
    },

    async submitUndo(ctx: Context) {
      const undo = async () => {
        const user = signedInUser(ctx)
        return stockAfter(await stock.undo(user, idOf(ctx), writeOf(ctx, `user ${user.id}`)))
      }
      await submit(ctx, undo, showUndoForm)
    },

    async showJournal(ctx: Context) {
      const { deadline } = ctx.state
      const query = parseJournalQuery(ctx.query)
      const [list, movers, product] = await Promise.all([
        journal(query, deadline),
        stock.movers(deadline),
        query.product === undefined ? undefined : catalogue.find(query.product, deadline),
      ])
      const names = await accounts.namesOf(movers, deadline)
      const people = movers.map((id, index) => ({ id, name: names[index] })).filter(({ name }) => name !== undefined)
      await ctx.page('stock/journal', { query, list, people, product, kinds })
    },

    showStockForm,
    showUndoForm,
  }

  function showStockForm(ctx: Context, form: FormState) {
    const id = parseId(form.action.split('/')[2])
    if (id === undefined) throw new NotFound()
    return showStockOf(ctx, id, form)
  }

  /** A movement that could not be undone is shown among those of its product. */
  async function showUndoForm(ctx: Context, form: FormState) {
    const id = parseId(form.action.split('/')[2])
    const movement = id === undefined ? undefined : await stock.findMovement(id, ctx.state.deadline)
    if (!movement) throw new NotFound()
    const action = `/products/${movement.productId}/movements`
    await showStockOf(ctx, movement.productId, { ...form, action, values: {} })
  }

  async function showStockOf(ctx: Context, id: number, form: FormState) {
    const { deadline } = ctx.state
    const query = parseJournalQuery({ before: ctx.query.before, product: String(id) })
    const [product, list] = await Promise.all([catalogue.find(id, deadline), journal(query, deadline)])
    if (!product) throw new NotFound()
    const moved = list.entries.find(({ number }) => String(number) === ctx.query.moved)
    await ctx.page('stock/product', { product, form, query, list, moved, kinds })
  }

  async function journal(query: ReturnType<typeof parseJournalQuery>, deadline: Deadline) {
    const { entries, older } = await stock.journal(query, deadline)
    const people = [...new Set(entries.flatMap(({ movedBy }) => movedBy ?? []))]
    const names = await accounts.namesOf(people, deadline)
    const nameOf = new Map(people.map((id, index) => [id, names[index]]))
    const withPeople = entries.map((entry) => ({ ...entry, person: entry.movedBy && nameOf.get(entry.movedBy) }))
    return { entries: withPeople, older }
  }
}

function stockAfter({ productId, number }: { productId: number; number: number }): string {
  return `/products/${productId}/movements?moved=${number}`
}

/** The movement that the fields of a form describe. @throws {Invalid} */
function draftOf({ kind, units, reason, note }: Fields) {
  return parseMovementDraft({ kind, units: wholeNumber(units), reason: filled(reason), note: filled(note) })
}

/** @throws {NotFound} */
function idOf(ctx: Context): number {
  const id = parseId(ctx.params.id)
  if (id === undefined) throw new NotFound()
  return id
}
