// Runs, invoices, amounts, failures and throttling over time, in Application Insights under Workbooks.
param location string
param tags object
param insightsName string

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'proforma-runs')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Proforma runs'
    category: 'workbook'
    sourceId: insights.id
    version: '1.0'
    serializedData: loadTextContent('workbook.json')
  }
}
