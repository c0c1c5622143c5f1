# The release in R. Shown here and not run by the tests.
#   Rscript docs/examples/with_r.R data/releases/1.0.0
# install.packages(c("frictionless", "arrow", "dplyr"))

library(dplyr)

release <- commandArgs(trailingOnly = TRUE)[1]

# As a Data Package: types, descriptions and keys come from datapackage.json.
package <- frictionless::read_package(file.path(release, "enforcement", "datapackage.json"))
frictionless::resources(package)
observations <- frictionless::read_resource(package, "enforcement")

# Or straight from the Parquet file of all topics; the numbers are doubles there.
observations <- arrow::read_parquet(file.path(release, "observations.parquet"))

observations |>
  filter(obs_status == "reported") |>
  select(time_period, indicator, value, unit, sentence) |>
  arrange(time_period, indicator) |>
  print(n = Inf)
