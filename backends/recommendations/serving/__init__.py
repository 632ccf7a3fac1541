"""The trained model beside the catalogue of this moment."""
