export { createIdempotencyKeys as up, dropIdempotencyKeys as down } from '../idempotency-keys.js'
