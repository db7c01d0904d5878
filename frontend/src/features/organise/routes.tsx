import { MissingPage } from '@/components/states'

export const Component = MissingPage
