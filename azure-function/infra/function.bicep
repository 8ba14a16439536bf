// The function app on the Flex Consumption plan. It holds no secret: everything is reached by its identity.
param location string
param tags object
param storageName string
param insightsName string
param identityName string
param dataverseUrl string
param timeZone string
param schedule string
param runStore string
param dryRun bool
param partsInFlight int
param instanceMemory int
param maximumInstances int
param webhook string
param tellOn string

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-${uniqueString(resourceGroup().id)}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: 'func-proforma-${uniqueString(resourceGroup().id)}'
  location: location
  tags: union(tags, {
    'azd-service-name': 'function'
  })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identity.id
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}deployments'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemory
        maximumInstanceCount: maximumInstances
      }
      runtime: {
        name: 'python'
        version: '3.13'
      }
    }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: {
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identity.properties.clientId
      AzureWebJobsStorage__blobServiceUri: storage.properties.primaryEndpoints.blob
      AzureWebJobsStorage__queueServiceUri: storage.properties.primaryEndpoints.queue
      AzureWebJobsStorage__tableServiceUri: storage.properties.primaryEndpoints.table
      APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
      PROFORMA_SCHEDULE: schedule
      PROFORMA_DRY_RUN: string(dryRun)
      PROFORMA_PARTS_IN_FLIGHT: string(partsInFlight)
      PROFORMA__DATAVERSE__URL: dataverseUrl
      PROFORMA__AUTH__METHOD: 'managed-identity'
      PROFORMA__AUTH__CLIENT_ID: identity.properties.clientId
      PROFORMA__RUN__TIME_ZONE: timeZone
      PROFORMA__RUN__STORE: runStore
      PROFORMA__NOTIFY__WEBHOOK: webhook
      PROFORMA__NOTIFY__ON: tellOn
    }
  }
}

output name string = app.name
