from .my_feature import largest_parameters

# slot: run_end
print(f"largest parameters: {largest_parameters(model, config.top)}")
