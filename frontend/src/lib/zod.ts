import * as z from 'zod/mini'

z.config({ jitless: true }) // what makes code of strings is refused by the page's security policy

export { z }
