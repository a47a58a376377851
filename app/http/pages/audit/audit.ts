import type { Context } from 'koa'
import type { Audit } from '../../../audit/audit.js'
import { actions, type Entry, knownAction, parseAuditQuery } from '../../../audit/entry.js'
import { type Texts, textsOf } from '../../../i18n/texts.js'
import { answerWithCsv } from '../../csv.js'
import { shownChanges } from './changes.js'

/** Who did what, and from where: a page, and a file of all of it. */
export function auditPages(audit: Audit) {
  return {
    async showAudit(ctx: Context) {
      const query = parseAuditQuery(ctx.query)
      const { entries, older } = await audit.page(query, ctx.state.deadline)
      const t = textsOf(ctx.state.locale)
      const shown = entries.map((entry) => {
        return { ...entry, action: knownAction(entry.action), changes: shownChanges(entry, t) }
      })
      await ctx.page('audit/index', { query, entries: shown, older, actions })
    },

    async exportAudit(ctx: Context) {
      const t = textsOf(ctx.state.locale)
      await answerWithCsv(ctx, t('audited.file'), {
        header: [
          ...[t('audited.at'), t('audited.who'), t('audited.whoId'), t('audited.what'), t('audited.kindOf')],
          ...[t('audited.subject'), t('audited.subjectId'), t('audited.changes'), t('audited.address')],
          ...[t('audited.replica'), t('audited.request')],
        ],
        batches: recordsOf(audit.all(parseAuditQuery(ctx.query)), t),
      })
    },
  }
}

async function* recordsOf(batches: AsyncIterable<Entry[]>, t: Texts) {
  for await (const entries of batches) {
    yield entries.map((entry) => {
      const { at, actor, actorId, kind, subject, subjectId, address, replica, requestId } = entry
      const changes = shownChanges(entry, t).map(({ field, from, to }) => `${field}: ${from} → ${to}`)
      return [
        ...[at.toISOString(), actor, actorId, t(`audit.action.${knownAction(entry.action)}`), kind],
        ...[subject, subjectId, changes.join('\n'), address, replica, requestId],
      ]
    })
  }
}
