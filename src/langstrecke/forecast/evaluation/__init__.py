"""How good forecasts are: backtests, baselines, scores."""
