import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { Heading, Page } from '@/components/Page'
import { Back } from '../components/Back'
import { LocationForm } from './LocationForm'

/** A location to be made. */
export function Component() {
  const { t } = useTranslation('organise')
  const navigate = useNavigate()
  return (
    <Page title={t('location.new')} className="organise">
      <Back to="/organise/locations">{t('locations.title')}</Back>
      <Heading>{t('location.new')}</Heading>
      <LocationForm
        done={(saved) =>
          void navigate(`/organise/locations/${saved.ID}`, { replace: true, state: { made: true } })
        }
      />
    </Page>
  )
}
