WHERE = "the layer"
