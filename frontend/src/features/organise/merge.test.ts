import { expect, it } from 'vitest'
import { merged } from './merge'

it('keeps what one has changed, and takes over the rest', () => {
  const was = { name: 'a', place: 'x', halls: [{ seats: 1 }], end: '1' }
  const mine = { ...was, name: 'b', halls: [{ seats: 2 }] }
  const theirs = { name: 'c', place: 'y', halls: [], end: '1' }
  expect(merged(was, mine, theirs)).toEqual({
    values: { name: 'b', place: 'y', halls: [{ seats: 2 }], end: '1' },
    kept: ['name', 'halls'],
  })
})

it('takes over all where nothing was changed', () => {
  const was = { name: 'a' }
  expect(merged(was, { name: 'a' }, { name: 'b' })).toEqual({ values: { name: 'b' }, kept: [] })
})
