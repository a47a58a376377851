import { accountWrites } from './accounts.js'
import { categoryWrites } from './categories.js'
import { importWrites } from './imports.js'
import { invitationWrites } from './invitations.js'
import { peopleWrites } from './people.js'
import { productWrites } from './products.js'
import { programWrites } from './programs.js'
import { proofWrites } from './proofs.js'
import { roleWrites } from './roles.js'
import { tokenWrites } from './tokens.js'
import type { Write } from './write.js'

export const writes: Write[] = [
  ...accountWrites,
  ...proofWrites,
  ...peopleWrites,
  ...roleWrites,
  ...invitationWrites,
  ...productWrites,
  ...importWrites,
  ...categoryWrites,
  ...programWrites,
  ...tokenWrites,
]
