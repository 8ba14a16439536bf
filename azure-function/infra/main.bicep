// The whole deployment: a resource group with the function app, its identity, its storage and its telemetry.
targetScope = 'subscription'

@minLength(1)
@maxLength(40)
@description('Names the resources; the azd environment.')
param environmentName string

@description('Region of all resources; must offer the Flex Consumption plan.')
param location string

@description('Address of the Dataverse environment, without a trailing slash.')
param dataverseUrl string

@description('Business time zone, such as Europe/Berlin: whose midnight parts two run dates.')
param timeZone string

@description('When to run, in UTC: second minute hour day month weekday.')
param schedule string = '0 5 * * * *'

var tags = {
  'azd-env-name': environmentName
}

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module storage 'storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    location: location
    tags: tags
  }
}

module telemetry 'telemetry.bicep' = {
  name: 'telemetry'
  scope: group
  params: {
    location: location
    tags: tags
  }
}

module identity 'identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    location: location
    tags: tags
    storageName: storage.outputs.name
    insightsName: telemetry.outputs.name
  }
}

module function 'function.bicep' = {
  name: 'function'
  scope: group
  params: {
    location: location
    tags: tags
    storageName: storage.outputs.name
    insightsName: telemetry.outputs.name
    identityName: identity.outputs.name
    dataverseUrl: dataverseUrl
    timeZone: timeZone
    schedule: schedule
  }
}

output AZURE_FUNCTION_NAME string = function.outputs.name
output DATAVERSE_APPLICATION_USER_CLIENT_ID string = identity.outputs.clientId
